import{n as e,t}from"./useListPage-wVY_Ru5D.js";import{t as n}from"./DataList-BpNbNIDg.js";import{A as r,I as i,N as a,P as o,S as s,T as c,k as l,o as u,p as d,r as f,s as p,v as m,x as h}from"./index-KIciQeio.js";import{A as g,At as _,C as v,D as y,N as b,at as x,dt as S}from"./live-DL1pTITb.js";import{B as C,C as w,D as T,E,F as D,H as O,I as k,M as A,N as j,O as M,Q as N,S as P,T as F,U as ee,X as I,Z as L,_ as R,ct as z,et as B,it as V,j as H,k as U,nt as W,q as G}from"./vue-pwdLEm5r.js";import{a as te,o as ne}from"./usePlace-fSVL-Mig.js";import{t as re}from"./SearchField-B6vgrYrM.js";import{t as ie}from"./PageHeader-po5eQb2C.js";import{n as ae,t as oe}from"./csv-BXhwrePr.js";import{t as K}from"./TextField-B0XZgbZG.js";import{t as q}from"./useConflict-DGH7QrXf.js";import{t as J}from"./useDialogForm-BPfa8USV.js";import{a as Y}from"./typedNumber-BWHdkokU.js";var X=S.extend({name:`toggleswitch`,style:`
    .p-toggleswitch {
        display: inline-block;
        width: dt('toggleswitch.width');
        height: dt('toggleswitch.height');
    }

    .p-toggleswitch-input {
        cursor: pointer;
        appearance: none;
        position: absolute;
        top: 0;
        inset-inline-start: 0;
        width: 100%;
        height: 100%;
        padding: 0;
        margin: 0;
        opacity: 0;
        z-index: 1;
        outline: 0 none;
        border-radius: dt('toggleswitch.border.radius');
    }

    .p-toggleswitch-slider {
        cursor: pointer;
        width: 100%;
        height: 100%;
        border-width: dt('toggleswitch.border.width');
        border-style: solid;
        border-color: dt('toggleswitch.border.color');
        background: dt('toggleswitch.background');
        transition:
            background dt('toggleswitch.transition.duration'),
            color dt('toggleswitch.transition.duration'),
            border-color dt('toggleswitch.transition.duration'),
            outline-color dt('toggleswitch.transition.duration'),
            box-shadow dt('toggleswitch.transition.duration');
        border-radius: dt('toggleswitch.border.radius');
        outline-color: transparent;
        box-shadow: dt('toggleswitch.shadow');
    }

    .p-toggleswitch-handle {
        position: absolute;
        top: 50%;
        display: flex;
        justify-content: center;
        align-items: center;
        background: dt('toggleswitch.handle.background');
        color: dt('toggleswitch.handle.color');
        width: dt('toggleswitch.handle.size');
        height: dt('toggleswitch.handle.size');
        inset-inline-start: dt('toggleswitch.gap');
        margin-block-start: calc(-1 * calc(dt('toggleswitch.handle.size') / 2));
        border-radius: dt('toggleswitch.handle.border.radius');
        transition:
            background dt('toggleswitch.transition.duration'),
            color dt('toggleswitch.transition.duration'),
            inset-inline-start dt('toggleswitch.slide.duration'),
            box-shadow dt('toggleswitch.slide.duration');
    }

    .p-toggleswitch.p-toggleswitch-checked .p-toggleswitch-slider {
        background: dt('toggleswitch.checked.background');
        border-color: dt('toggleswitch.checked.border.color');
    }

    .p-toggleswitch.p-toggleswitch-checked .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.checked.background');
        color: dt('toggleswitch.handle.checked.color');
        inset-inline-start: calc(dt('toggleswitch.width') - calc(dt('toggleswitch.handle.size') + dt('toggleswitch.gap')));
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover) .p-toggleswitch-slider {
        background: dt('toggleswitch.hover.background');
        border-color: dt('toggleswitch.hover.border.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover) .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.hover.background');
        color: dt('toggleswitch.handle.hover.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover).p-toggleswitch-checked .p-toggleswitch-slider {
        background: dt('toggleswitch.checked.hover.background');
        border-color: dt('toggleswitch.checked.hover.border.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover).p-toggleswitch-checked .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.checked.hover.background');
        color: dt('toggleswitch.handle.checked.hover.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:focus-visible) .p-toggleswitch-slider {
        box-shadow: dt('toggleswitch.focus.ring.shadow');
        outline: dt('toggleswitch.focus.ring.width') dt('toggleswitch.focus.ring.style') dt('toggleswitch.focus.ring.color');
        outline-offset: dt('toggleswitch.focus.ring.offset');
    }

    .p-toggleswitch.p-invalid > .p-toggleswitch-slider {
        border-color: dt('toggleswitch.invalid.border.color');
    }

    .p-toggleswitch.p-disabled {
        opacity: 1;
    }

    .p-toggleswitch.p-disabled .p-toggleswitch-slider {
        background: dt('toggleswitch.disabled.background');
    }

    .p-toggleswitch.p-disabled .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.disabled.background');
    }
`,classes:{root:function(e){var t=e.instance,n=e.props;return[`p-toggleswitch p-component`,{"p-toggleswitch-checked":t.checked,"p-disabled":n.disabled,"p-invalid":t.$invalid}]},input:`p-toggleswitch-input`,slider:`p-toggleswitch-slider`,handle:`p-toggleswitch-handle`},inlineStyles:{root:{position:`relative`}}}),Z={name:`ToggleSwitch`,extends:{name:`BaseToggleSwitch`,extends:u,props:{trueValue:{type:null,default:!0},falseValue:{type:null,default:!1},readonly:{type:Boolean,default:!1},tabindex:{type:Number,default:null},inputId:{type:String,default:null},inputClass:{type:[String,Object],default:null},inputStyle:{type:Object,default:null},ariaLabelledby:{type:String,default:null},ariaLabel:{type:String,default:null}},style:X,provide:function(){return{$pcToggleSwitch:this,$parentInstance:this}}},inheritAttrs:!1,emits:[`change`,`focus`,`blur`],methods:{getPTOptions:function(e){return(e===`root`?this.ptmi:this.ptm)(e,{context:{checked:this.checked,disabled:this.disabled}})},onChange:function(e){if(!this.disabled&&!this.readonly){var t=this.checked?this.falseValue:this.trueValue;this.writeValue(t,e),this.$emit(`change`,e)}},onFocus:function(e){this.$emit(`focus`,e)},onBlur:function(e){var t,n;this.$emit(`blur`,e),(t=(n=this.formField).onBlur)==null||t.call(n,e)}},computed:{checked:function(){return this.d_value===this.trueValue},dataP:function(){return _({checked:this.checked,disabled:this.disabled,invalid:this.$invalid})}}},Q=[`data-p-checked`,`data-p-disabled`,`data-p`],$=[`id`,`checked`,`tabindex`,`disabled`,`readonly`,`aria-checked`,`aria-labelledby`,`aria-label`,`aria-invalid`],se=[`data-p`],ce=[`data-p`];function le(e,t,n,r,i,a){return C(),U(`div`,k({class:e.cx(`root`),style:e.sx(`root`)},a.getPTOptions(`root`),{"data-p-checked":a.checked,"data-p-disabled":e.disabled,"data-p":a.dataP}),[E(`input`,k({id:e.inputId,type:`checkbox`,role:`switch`,class:[e.cx(`input`),e.inputClass],style:e.inputStyle,checked:a.checked,tabindex:e.tabindex,disabled:e.disabled,readonly:e.readonly,"aria-checked":a.checked,"aria-labelledby":e.ariaLabelledby,"aria-label":e.ariaLabel,"aria-invalid":e.invalid||void 0,onFocus:t[0]||=function(){return a.onFocus&&a.onFocus.apply(a,arguments)},onBlur:t[1]||=function(){return a.onBlur&&a.onBlur.apply(a,arguments)},onChange:t[2]||=function(){return a.onChange&&a.onChange.apply(a,arguments)}},a.getPTOptions(`input`)),null,16,$),E(`div`,k({class:e.cx(`slider`)},a.getPTOptions(`slider`),{"data-p":a.dataP}),[E(`div`,k({class:e.cx(`handle`)},a.getPTOptions(`handle`),{"data-p":a.dataP}),[O(e.$slots,`handle`,{checked:a.checked})],16,ce)],16,se)],16,Q)}Z.render=le;var ue={class:`flex items-start gap-2.5`},de=864e5,fe=j({__name:`StoreDialog`,props:D({store:{}},{modelValue:{type:Boolean,required:!0},modelModifiers:{}}),emits:D([`saved`],[`update:modelValue`]),setup(e,{emit:t}){let n=e,r=t,a=G(e,`modelValue`),o=h(),s=B({name:``,location:``,delayMs:null,external:!1}),l=W(``),u=Y(de),{busy:d,errors:p,message:_,reset:y,save:b}=J(a,[`name`,`location`,`confirmation_delay_ms`,`fulfilment`],()=>{l.value=``;let e=o.status?.settings?.store_delay_ms??15e3;Object.assign(s,{name:``,location:``,delayMs:e,external:!1}),S.begin(n.store)}),S=q(s,{name:{label:`Name`,of:e=>e.name},location:{label:`Location`,of:e=>e.location},delayMs:{label:`Confirmation delay`,of:e=>e.confirmation_delay_ms,write:e=>g(Number(e))},external:{label:`Answered from outside`,of:e=>e.fulfilment===`external`,write:e=>e?`yes`:`no`}}),{rows:w,overwrites:D,take:O,keep:k}=S;async function j(){let e=s.name.trim(),t=s.location.trim();y(),e||(p.value.name=`Enter a name.`),t||(p.value.location=`Enter a location.`);let{delayMs:i}=s;if(i===null&&(p.value.confirmation_delay_ms=l.value?`${l.value}.`:`Enter a delay.`),!e||!t||i===null)return;let a={name:e,location:t,confirmation_delay_ms:i,fulfilment:s.external?`external`:`internal`},o=n.store,c=()=>({...S.changed(`name`)&&{name:e},...S.changed(`location`)&&{location:t},...S.changed(`delayMs`)&&{confirmation_delay_ms:i},...S.changed(`external`)&&{fulfilment:a.fulfilment}});await b(()=>o?S.save(e=>v.editStore(e,c()),()=>v.store(o.id)):v.createStore(a),o?`Store saved`:`Store opened`,e)&&r(`saved`)}return(t,n)=>{let r=m,o=c,h=K,g=f,v=x,y=i;return C(),T(y,{visible:a.value,"onUpdate:visible":n[6]||=e=>a.value=e,modal:``,header:e.store?`Edit store`:`New store`,class:`w-[min(32rem,calc(100vw-2rem))]`},{footer:I(()=>[A(v,{label:`Cancel`,severity:`secondary`,outlined:``,onClick:n[5]||=e=>a.value=!1}),A(v,{type:`submit`,form:`store-form`,label:V(D)?`Overwrite`:`Save`,loading:V(d)},null,8,[`label`,`loading`])]),default:I(()=>[E(`form`,{id:`store-form`,class:`flex flex-col gap-4`,novalidate:``,onSubmit:P(j,[`prevent`])},[A(r,{text:V(_)},null,8,[`text`]),V(w).length?(C(),T(o,{key:0,rows:V(w),onTake:V(O),onKeep:V(k)},null,8,[`rows`,`onTake`,`onKeep`])):M(``,!0),A(h,{id:`store-name`,modelValue:s.name,"onUpdate:modelValue":n[0]||=e=>s.name=e,label:`Name`,error:V(p).name,autofocus:``},null,8,[`modelValue`,`error`]),A(h,{id:`store-location`,modelValue:s.location,"onUpdate:modelValue":n[1]||=e=>s.location=e,label:`Location`,error:V(p).location},null,8,[`modelValue`,`error`]),A(g,{id:`store-delay`,modelValue:s.delayMs,"onUpdate:modelValue":n[2]||=e=>s.delayMs=e,doubt:l.value,"onUpdate:doubt":n[3]||=e=>l.value=e,label:`Confirmation delay, seconds`,kind:V(u),error:V(p).confirmation_delay_ms,hint:`How long after submit this store confirms its part of an order.`},null,8,[`modelValue`,`doubt`,`kind`,`error`]),E(`label`,ue,[L(E(`input`,{"onUpdate:modelValue":n[4]||=e=>s.external=e,type:`checkbox`,class:`check mt-0.5`},null,512),[[R,s.external]]),n[7]||=E(`span`,null,[H(` Answered from outside `),E(`span`,{class:`block text-sm text-muted-color`},` Confirmation requests go out as events; an outside service answers, or the order times out. `)],-1)])],32)]),_:1},8,[`visible`,`header`])}}}),pe={class:`panel`,"aria-label":`Stores`,"data-tour":`participation`},me={class:`flex flex-wrap gap-3 mb-4`},he=[`title`],ge=[`data-tone`],_e={class:`inline-flex gap-1`},ve=[`aria-label`,`onClick`],ye=[`aria-label`,`onClick`],be=j({__name:`StoresView`,setup(i){let c=r(),u=l(),f=d(),{filters:m,isFiltered:h,clear:_,list:S,sort:D,page:O,found:j,table:P,pager:L,news:R,renew:B}=t({filters:{q:``,participating:``,sort:`name`},load:(e,{q:t,participating:n})=>v.stores({...e,q:t.trim()||void 0,participating:n?n===`yes`:void 0}),columns:[{key:`name`,label:`Store`,sortable:!0,title:!0,value:e=>e.name},{key:`location`,label:`Location`,sortable:!0,value:e=>e.location},{key:`products`,label:`Products`,sortable:!0,align:`right`,value:e=>e.product_count},{key:`delay`,label:`Confirms after`,sortable:!0,align:`right`,value:e=>e.confirmation_delay_ms},{key:`participating`,label:`Participating`,sortable:!0,value:e=>Number(e.participating)},{key:`id`,label:`Id`},{key:`actions`,label:`Actions`,align:`right`}],size:20});s(e=>e.type.startsWith(`plaza.store.`),S.reload);let G=F(()=>S.items.value.filter(e=>e.participating).length),K=F(()=>S.loading.value?`Loading stores…`:S.error.value&&!S.items.value.length?``:`${b(S.items.value.length,`store`)}, ${y(G.value)} in Shopping`),q=W(),J=W(!1);function Y(e){q.value=e,J.value=!0}let X=W(new Set);async function Q(e,t){X.value.add(e.id);try{await v.setParticipation(e.id,t),await S.reload(),c.ok(t?`Now in Shopping`:`No longer in Shopping`,e.name)}catch(n){c.problem(n,()=>void Q(e,t))}finally{X.value.delete(e.id)}}function $(e){let t=`Archive ${e.name} and its ${b(e.product_count,`product`)}? Orders that still wait on it are rejected with STORE_CLOSED.`;u({header:`Archive store`,message:t,accept:`Archive`,severity:`danger`},async()=>{await v.archiveStore(e.id),c.ok(`Store archived`,e.name),await B()})}let se=()=>oe(`stores.csv`,ae(j.value,[`id`,`name`,`location`,`participating`,`confirmation_delay_ms`,`fulfilment`,`product_count`,`created_at`]));return(t,r)=>{let i=x,s=ie,c=re,l=p,u=te,d=ne,v=ee(`RouterLink`),y=Z,b=o,F=a,W=n,G=e;return C(),U(w,null,[A(s,{title:`Plaza Admin`,subtitle:K.value},{default:I(()=>[A(i,{label:`Export CSV`,icon:`pi pi-download`,severity:`secondary`,outlined:``,disabled:!V(j).length,onClick:se},null,8,[`disabled`]),V(f).mayChange?(C(),T(i,{key:0,label:`New store`,icon:`pi pi-plus`,"data-testid":`new-store`,"data-tour":`new-store`,onClick:r[0]||=e=>Y()})):M(``,!0)]),_:1},8,[`subtitle`]),E(`section`,pe,[E(`div`,me,[A(c,{modelValue:V(m).q,"onUpdate:modelValue":r[1]||=e=>V(m).q=e,label:`Search stores`,placeholder:`Name or location`},null,8,[`modelValue`]),A(l,{modelValue:V(m).participating,"onUpdate:modelValue":r[2]||=e=>V(m).participating=e,label:`Participation`,options:[{value:``,label:`All stores`},{value:`yes`,label:`In Shopping`},{value:`no`,label:`Not in Shopping`}]},null,8,[`modelValue`])]),A(d,null,{default:I(()=>[A(u,{news:V(R),one:`store`,onShow:r[3]||=e=>V(B)()},null,8,[`news`])]),_:1}),A(W,k(V(P),{sort:V(D),"onUpdate:sort":r[5]||=e=>N(D)?D.value=e:null,gone:V(R).gone,label:`Stores`,"row-key":e=>e.id,"row-label":e=>e.name,onRetry:r[6]||=e=>V(S).reload()}),{"cell-name":I(({row:e})=>[A(v,{to:`/admin/stores/${e.id}/products`,class:`text-link font-medium`},{default:I(()=>[H(z(e.name),1)]),_:2},1032,[`to`])]),"cell-delay":I(({row:e})=>[E(`span`,{title:e.fulfilment===`external`?`Answered by an outside service`:void 0},[H(z(V(g)(e.confirmation_delay_ms)),1),e.fulfilment===`external`?(C(),U(w,{key:0},[H(` · external`)],64)):M(``,!0)],8,he)]),"cell-participating":I(({row:e})=>[V(f).mayChange?(C(),T(y,{key:1,"model-value":e.participating,disabled:X.value.has(e.id),"aria-label":`${e.name} participates`,"onUpdate:modelValue":t=>Q(e,t)},null,8,[`model-value`,`disabled`,`aria-label`,`onUpdate:modelValue`])):(C(),U(`span`,{key:0,class:`status-tag`,"data-tone":e.participating?`good`:`quiet`},z(e.participating?`in Shopping`:`not in Shopping`),9,ge))]),"cell-id":I(({row:e})=>[A(b,{id:e.id,label:`store id`},null,8,[`id`])]),"cell-actions":I(({row:e})=>[E(`span`,_e,[A(i,{as:`router-link`,to:`/admin/stores/${e.id}/products`,label:`Products`,icon:`pi pi-tags`,size:`small`,severity:`secondary`,outlined:``,"aria-label":`Products of ${e.name}`},null,8,[`to`,`aria-label`]),V(f).mayChange?(C(),U(`button`,{key:0,type:`button`,class:`icon-button`,"aria-label":`Edit ${e.name}`,title:`Edit`,onClick:t=>Y(e)},[...r[10]||=[E(`i`,{class:`pi pi-pencil`,"aria-hidden":`true`},null,-1)]],8,ve)):M(``,!0),V(f).mayChange?(C(),U(`button`,{key:1,type:`button`,class:`icon-button`,"aria-label":`Archive ${e.name}`,title:`Archive`,onClick:t=>$(e)},[...r[11]||=[E(`i`,{class:`pi pi-inbox`,"aria-hidden":`true`},null,-1)]],8,ye)):M(``,!0)])]),empty:I(()=>[V(h)()?(C(),T(F,{key:0,icon:`pi-search`,title:`No store matches`,text:`Try another search.`},{default:I(()=>[A(i,{label:`Clear the search`,severity:`secondary`,onClick:V(_)},null,8,[`onClick`])]),_:1})):(C(),T(F,{key:1,icon:`pi-building`,title:`No stores yet`,text:V(f).mayChange?`Open the first one here, or load the demo mall on the dashboard.`:`An administrator opens them.`},{default:I(()=>[V(f).mayChange?(C(),U(w,{key:0},[A(i,{label:`New store`,icon:`pi pi-plus`,onClick:r[4]||=e=>Y()}),A(i,{as:`router-link`,to:`/`,label:`Dashboard`,severity:`secondary`,outlined:``})],64)):M(``,!0)]),_:1},8,[`text`]))]),_:1},16,[`sort`,`gone`,`row-key`,`row-label`]),A(G,k(V(L),{modelValue:V(O),"onUpdate:modelValue":r[7]||=e=>N(O)?O.value=e:null}),null,16,[`modelValue`])]),A(fe,{modelValue:J.value,"onUpdate:modelValue":r[8]||=e=>J.value=e,store:q.value,onSaved:r[9]||=e=>V(B)()},null,8,[`modelValue`,`store`])],64)}}});export{be as default};