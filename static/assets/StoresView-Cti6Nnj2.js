import{n as e,t}from"./useListPage-BsQBkmsV.js";import{t as n}from"./DataList-BQR5T56I.js";import{F as r,L as i,N as a,P as o,b as s,g as c,k as l,o as u,p as d,r as f,s as p,y as m}from"./index-DDT5JC-s.js";import{B as h,C as g,Dt as _,F as v,R as y,ct as b,nt as x}from"./live-MdbERz-o.js";import{A as S,B as C,D as w,E as T,F as E,G as D,J as O,M as k,O as A,P as j,Q as M,R as N,S as P,T as F,V as ee,X as I,Y as L,et as R,g as z,j as B,nt as V,ot as H,w as U,x as W}from"./vue-BPoI4HDO.js";import{n as G}from"./useQueryFilters-R_QKBCFM.js";import{t as K}from"./PageHeader-CqaG7zCg.js";import{t as te}from"./useConfirmed-BKaq3gqU.js";import{n as ne,t as re}from"./csv-BXhwrePr.js";import{t as q}from"./TextField-DnReBBNB.js";import{t as J}from"./useDialogForm-HL_6SFl6.js";var Y=b.extend({name:`toggleswitch`,style:`
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
`,classes:{root:function(e){var t=e.instance,n=e.props;return[`p-toggleswitch p-component`,{"p-toggleswitch-checked":t.checked,"p-disabled":n.disabled,"p-invalid":t.$invalid}]},input:`p-toggleswitch-input`,slider:`p-toggleswitch-slider`,handle:`p-toggleswitch-handle`},inlineStyles:{root:{position:`relative`}}}),X={name:`ToggleSwitch`,extends:{name:`BaseToggleSwitch`,extends:u,props:{trueValue:{type:null,default:!0},falseValue:{type:null,default:!1},readonly:{type:Boolean,default:!1},tabindex:{type:Number,default:null},inputId:{type:String,default:null},inputClass:{type:[String,Object],default:null},inputStyle:{type:Object,default:null},ariaLabelledby:{type:String,default:null},ariaLabel:{type:String,default:null}},style:Y,provide:function(){return{$pcToggleSwitch:this,$parentInstance:this}}},inheritAttrs:!1,emits:[`change`,`focus`,`blur`],methods:{getPTOptions:function(e){return(e===`root`?this.ptmi:this.ptm)(e,{context:{checked:this.checked,disabled:this.disabled}})},onChange:function(e){if(!this.disabled&&!this.readonly){var t=this.checked?this.falseValue:this.trueValue;this.writeValue(t,e),this.$emit(`change`,e)}},onFocus:function(e){this.$emit(`focus`,e)},onBlur:function(e){var t,n;this.$emit(`blur`,e),(t=(n=this.formField).onBlur)==null||t.call(n,e)}},computed:{checked:function(){return this.d_value===this.trueValue},dataP:function(){return _({checked:this.checked,disabled:this.disabled,invalid:this.$invalid})}}},Z=[`data-p-checked`,`data-p-disabled`,`data-p`],Q=[`id`,`checked`,`tabindex`,`disabled`,`readonly`,`aria-checked`,`aria-labelledby`,`aria-label`,`aria-invalid`],$=[`data-p`],ie=[`data-p`];function ae(e,t,n,r,i,a){return N(),A(`div`,E({class:e.cx(`root`),style:e.sx(`root`)},a.getPTOptions(`root`),{"data-p-checked":a.checked,"data-p-disabled":e.disabled,"data-p":a.dataP}),[F(`input`,E({id:e.inputId,type:`checkbox`,role:`switch`,class:[e.cx(`input`),e.inputClass],style:e.inputStyle,checked:a.checked,tabindex:e.tabindex,disabled:e.disabled,readonly:e.readonly,"aria-checked":a.checked,"aria-labelledby":e.ariaLabelledby,"aria-label":e.ariaLabel,"aria-invalid":e.invalid||void 0,onFocus:t[0]||=function(){return a.onFocus&&a.onFocus.apply(a,arguments)},onBlur:t[1]||=function(){return a.onBlur&&a.onBlur.apply(a,arguments)},onChange:t[2]||=function(){return a.onChange&&a.onChange.apply(a,arguments)}},a.getPTOptions(`input`)),null,16,Q),F(`div`,E({class:e.cx(`slider`)},a.getPTOptions(`slider`),{"data-p":a.dataP}),[F(`div`,E({class:e.cx(`handle`)},a.getPTOptions(`handle`),{"data-p":a.dataP}),[C(e.$slots,`handle`,{checked:a.checked})],16,ie)],16,$)],16,Z)}X.render=ae;var oe={class:`flex items-start gap-2.5`},se=864e5,ce=k({__name:`StoreDialog`,props:j({store:{}},{modelValue:{type:Boolean,required:!0},modelModifiers:{}}),emits:j([`saved`],[`update:modelValue`]),setup(e,{emit:t}){let n=e,r=t,a=D(e,`modelValue`),o=m(),s=M({name:``,location:``,delayMs:null,external:!1}),u=R(``),d=l(se),{busy:p,errors:h,message:_,reset:v,save:y}=J(a,[`name`,`location`,`confirmation_delay_ms`,`fulfilment`],()=>{u.value=``;let e=n.store;Object.assign(s,{name:e?.name??``,location:e?.location??``,delayMs:e?.confirmation_delay_ms??o.status?.settings?.store_delay_ms??15e3,external:e?.fulfilment===`external`})});async function b(){let e=s.name.trim(),t=s.location.trim();v(),e||(h.value.name=`Enter a name.`),t||(h.value.location=`Enter a location.`);let{delayMs:i}=s;if(i===null&&(h.value.confirmation_delay_ms=u.value?`${u.value}.`:`Enter a delay.`),!e||!t||i===null)return;let a={name:e,location:t,confirmation_delay_ms:i,fulfilment:s.external?`external`:`internal`},o=n.store;await y(()=>o?g.editStore(o,a):g.createStore(a),o?`Store saved`:`Store opened`,e)&&r(`saved`)}return(t,n)=>{let r=c,o=q,l=f,m=x,g=i;return N(),T(g,{visible:a.value,"onUpdate:visible":n[6]||=e=>a.value=e,modal:``,header:e.store?`Edit store`:`New store`,class:`w-[min(32rem,calc(100vw-2rem))]`},{footer:O(()=>[B(m,{label:`Cancel`,severity:`secondary`,outlined:``,onClick:n[5]||=e=>a.value=!1}),B(m,{type:`submit`,form:`store-form`,label:`Save`,loading:V(p)},null,8,[`loading`])]),default:O(()=>[F(`form`,{id:`store-form`,class:`flex flex-col gap-4`,novalidate:``,onSubmit:W(b,[`prevent`])},[B(r,{text:V(_)},null,8,[`text`]),B(o,{id:`store-name`,modelValue:s.name,"onUpdate:modelValue":n[0]||=e=>s.name=e,label:`Name`,error:V(h).name,autofocus:``},null,8,[`modelValue`,`error`]),B(o,{id:`store-location`,modelValue:s.location,"onUpdate:modelValue":n[1]||=e=>s.location=e,label:`Location`,error:V(h).location},null,8,[`modelValue`,`error`]),B(l,{id:`store-delay`,modelValue:s.delayMs,"onUpdate:modelValue":n[2]||=e=>s.delayMs=e,doubt:u.value,"onUpdate:doubt":n[3]||=e=>u.value=e,label:`Confirmation delay, seconds`,kind:V(d),error:V(h).confirmation_delay_ms,hint:`How long after submit this store confirms its part of an order.`},null,8,[`modelValue`,`doubt`,`kind`,`error`]),F(`label`,oe,[L(F(`input`,{"onUpdate:modelValue":n[4]||=e=>s.external=e,type:`checkbox`,class:`check mt-0.5`},null,512),[[z,s.external]]),n[7]||=F(`span`,null,[S(` Answered from outside `),F(`span`,{class:`block text-sm text-muted-color`},` Confirmation requests go out as events; an outside service answers, or the order times out. `)],-1)])],32)]),_:1},8,[`visible`,`header`])}}}),le={class:`panel`,"aria-label":`Stores`,"data-tour":`participation`},ue={class:`flex flex-wrap gap-3 mb-4`},de=[`title`],fe=[`data-tone`],pe={class:`inline-flex gap-1`},me=[`aria-label`,`onClick`],he=[`aria-label`,`onClick`],ge=k({__name:`StoresView`,setup(i){let c=a(),l=te(),u=d(),{filters:f,isFiltered:m,clear:_,list:b,sort:C,page:D,found:k,table:j,pager:M}=t({filters:{q:``,participating:``,sort:`name`},load:(e,{q:t,participating:n})=>g.stores({...e,q:t.trim()||void 0,participating:n?n===`yes`:void 0}),columns:[{key:`name`,label:`Store`,sortable:!0,title:!0,value:e=>e.name},{key:`location`,label:`Location`,sortable:!0,value:e=>e.location},{key:`products`,label:`Products`,sortable:!0,align:`right`,value:e=>e.product_count},{key:`delay`,label:`Confirms after`,sortable:!0,align:`right`,value:e=>e.confirmation_delay_ms},{key:`participating`,label:`Participating`,sortable:!0,value:e=>Number(e.participating)},{key:`id`,label:`Id`},{key:`actions`,label:`Actions`,align:`right`}],size:20});s(e=>e.type.startsWith(`plaza.store.`),b.reload);let L=U(()=>b.items.value.filter(e=>e.participating).length),z=U(()=>b.loading.value?`Loading stores…`:b.error.value&&!b.items.value.length?``:`${h(b.items.value.length,`store`)}, ${v(L.value)} in Shopping`),W=R(),q=R(!1);function J(e){W.value=e,q.value=!0}let Y=R(new Set);async function Z(e,t){Y.value.add(e.id);try{await g.setParticipation(e.id,t),await b.reload(),c.ok(t?`Now in Shopping`:`No longer in Shopping`,e.name)}catch(n){c.problem(n,()=>void Z(e,t))}finally{Y.value.delete(e.id)}}function Q(e){let t=`Archive ${e.name} and its ${h(e.product_count,`product`)}? Orders that still wait on it are rejected with STORE_CLOSED.`;l({header:`Archive store`,message:t,accept:`Archive`,severity:`danger`},async()=>{await g.archiveStore(e.id),c.ok(`Store archived`,e.name),await b.reload()})}let $=()=>re(`stores.csv`,ne(k.value,[`id`,`name`,`location`,`participating`,`confirmation_delay_ms`,`fulfilment`,`product_count`,`created_at`]));return(t,i)=>{let a=x,s=K,c=G,l=p,d=ee(`RouterLink`),h=X,g=r,v=o,L=n,R=e;return N(),A(P,null,[B(s,{title:`Plaza Admin`,subtitle:z.value},{default:O(()=>[B(a,{label:`Export CSV`,icon:`pi pi-download`,severity:`secondary`,outlined:``,disabled:!V(k).length,onClick:$},null,8,[`disabled`]),V(u).mayChange?(N(),T(a,{key:0,label:`New store`,icon:`pi pi-plus`,"data-testid":`new-store`,"data-tour":`new-store`,onClick:i[0]||=e=>J()})):w(``,!0)]),_:1},8,[`subtitle`]),F(`section`,le,[F(`div`,ue,[B(c,{modelValue:V(f).q,"onUpdate:modelValue":i[1]||=e=>V(f).q=e,label:`Search stores`,placeholder:`Name or location`},null,8,[`modelValue`]),B(l,{modelValue:V(f).participating,"onUpdate:modelValue":i[2]||=e=>V(f).participating=e,label:`Participation`,options:[{value:``,label:`All stores`},{value:`yes`,label:`In Shopping`},{value:`no`,label:`Not in Shopping`}]},null,8,[`modelValue`])]),B(L,E(V(j),{sort:V(C),"onUpdate:sort":i[4]||=e=>I(C)?C.value=e:null,label:`Stores`,"row-key":e=>e.id,"row-label":e=>e.name,onRetry:i[5]||=e=>V(b).reload()}),{"cell-name":O(({row:e})=>[B(d,{to:`/admin/stores/${e.id}/products`,class:`text-link font-medium`},{default:O(()=>[S(H(e.name),1)]),_:2},1032,[`to`])]),"cell-delay":O(({row:e})=>[F(`span`,{title:e.fulfilment===`external`?`Answered by an outside service`:void 0},[S(H(V(y)(e.confirmation_delay_ms)),1),e.fulfilment===`external`?(N(),A(P,{key:0},[S(` · external`)],64)):w(``,!0)],8,de)]),"cell-participating":O(({row:e})=>[V(u).mayChange?(N(),T(h,{key:1,"model-value":e.participating,disabled:Y.value.has(e.id),"aria-label":`${e.name} participates`,"onUpdate:modelValue":t=>Z(e,t)},null,8,[`model-value`,`disabled`,`aria-label`,`onUpdate:modelValue`])):(N(),A(`span`,{key:0,class:`status-tag`,"data-tone":e.participating?`good`:`quiet`},H(e.participating?`in Shopping`:`not in Shopping`),9,fe))]),"cell-id":O(({row:e})=>[B(g,{id:e.id,label:`store id`},null,8,[`id`])]),"cell-actions":O(({row:e})=>[F(`span`,pe,[B(a,{as:`router-link`,to:`/admin/stores/${e.id}/products`,label:`Products`,icon:`pi pi-tags`,size:`small`,severity:`secondary`,outlined:``,"aria-label":`Products of ${e.name}`},null,8,[`to`,`aria-label`]),V(u).mayChange?(N(),A(`button`,{key:0,type:`button`,class:`icon-button`,"aria-label":`Edit ${e.name}`,title:`Edit`,onClick:t=>J(e)},[...i[9]||=[F(`i`,{class:`pi pi-pencil`,"aria-hidden":`true`},null,-1)]],8,me)):w(``,!0),V(u).mayChange?(N(),A(`button`,{key:1,type:`button`,class:`icon-button`,"aria-label":`Archive ${e.name}`,title:`Archive`,onClick:t=>Q(e)},[...i[10]||=[F(`i`,{class:`pi pi-inbox`,"aria-hidden":`true`},null,-1)]],8,he)):w(``,!0)])]),empty:O(()=>[V(m)()?(N(),T(v,{key:0,icon:`pi-search`,title:`No store matches`,text:`Try another search.`},{default:O(()=>[B(a,{label:`Clear the search`,severity:`secondary`,onClick:V(_)},null,8,[`onClick`])]),_:1})):(N(),T(v,{key:1,icon:`pi-building`,title:`No stores yet`,text:V(u).mayChange?`Open the first one here, or load the demo mall on the dashboard.`:`An administrator opens them.`},{default:O(()=>[V(u).mayChange?(N(),A(P,{key:0},[B(a,{label:`New store`,icon:`pi pi-plus`,onClick:i[3]||=e=>J()}),B(a,{as:`router-link`,to:`/`,label:`Dashboard`,severity:`secondary`,outlined:``})],64)):w(``,!0)]),_:1},8,[`text`]))]),_:1},16,[`sort`,`row-key`,`row-label`]),B(R,E(V(M),{modelValue:V(D),"onUpdate:modelValue":i[6]||=e=>I(D)?D.value=e:null}),null,16,[`modelValue`])]),B(ce,{modelValue:q.value,"onUpdate:modelValue":i[7]||=e=>q.value=e,store:W.value,onSaved:i[8]||=e=>V(b).reload()},null,8,[`modelValue`,`store`])],64)}}});export{ge as default};