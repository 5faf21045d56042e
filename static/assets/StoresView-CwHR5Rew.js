import{n as e,t}from"./useListPage-VXT3iIi2.js";import{t as n}from"./DataList-BReeBNh6.js";import{E as r,O as i,T as a,b as o,d as s,i as c,s as l,u,w as d}from"./index-D5QXjc6o.js";import{C as f,I as p,Ot as m,V as h,lt as g,rt as _,z as v}from"./live-CWJdPc7Q.js";import{i as y,t as b}from"./TextField-DmCERPwk.js";import{A as x,B as S,D as C,E as w,F as T,G as E,J as D,M as O,O as k,P as A,Q as j,R as M,S as N,T as P,V as ee,X as F,Y as I,et as L,g as R,j as z,nt as B,ot as V,w as H,x as U}from"./vue-BPoI4HDO.js";import{n as W,r as G}from"./useQueryFilters-iScob7Wx.js";import{t as K}from"./PageHeader-CqaG7zCg.js";import{t as te}from"./useConfirmed-4bNW-yX3.js";import{n as ne,t as re}from"./csv-BXhwrePr.js";import{t as q}from"./NumberField-xavuPvSC.js";import{t as J}from"./useDialogForm-x92iKMXl.js";var Y=g.extend({name:`toggleswitch`,style:`
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
`,classes:{root:function(e){var t=e.instance,n=e.props;return[`p-toggleswitch p-component`,{"p-toggleswitch-checked":t.checked,"p-disabled":n.disabled,"p-invalid":t.$invalid}]},input:`p-toggleswitch-input`,slider:`p-toggleswitch-slider`,handle:`p-toggleswitch-handle`},inlineStyles:{root:{position:`relative`}}}),X={name:`ToggleSwitch`,extends:{name:`BaseToggleSwitch`,extends:y,props:{trueValue:{type:null,default:!0},falseValue:{type:null,default:!1},readonly:{type:Boolean,default:!1},tabindex:{type:Number,default:null},inputId:{type:String,default:null},inputClass:{type:[String,Object],default:null},inputStyle:{type:Object,default:null},ariaLabelledby:{type:String,default:null},ariaLabel:{type:String,default:null}},style:Y,provide:function(){return{$pcToggleSwitch:this,$parentInstance:this}}},inheritAttrs:!1,emits:[`change`,`focus`,`blur`],methods:{getPTOptions:function(e){return(e===`root`?this.ptmi:this.ptm)(e,{context:{checked:this.checked,disabled:this.disabled}})},onChange:function(e){if(!this.disabled&&!this.readonly){var t=this.checked?this.falseValue:this.trueValue;this.writeValue(t,e),this.$emit(`change`,e)}},onFocus:function(e){this.$emit(`focus`,e)},onBlur:function(e){var t,n;this.$emit(`blur`,e),(t=(n=this.formField).onBlur)==null||t.call(n,e)}},computed:{checked:function(){return this.d_value===this.trueValue},dataP:function(){return m({checked:this.checked,disabled:this.disabled,invalid:this.$invalid})}}},Z=[`data-p-checked`,`data-p-disabled`,`data-p`],Q=[`id`,`checked`,`tabindex`,`disabled`,`readonly`,`aria-checked`,`aria-labelledby`,`aria-label`,`aria-invalid`],$=[`data-p`],ie=[`data-p`];function ae(e,t,n,r,i,a){return M(),k(`div`,T({class:e.cx(`root`),style:e.sx(`root`)},a.getPTOptions(`root`),{"data-p-checked":a.checked,"data-p-disabled":e.disabled,"data-p":a.dataP}),[P(`input`,T({id:e.inputId,type:`checkbox`,role:`switch`,class:[e.cx(`input`),e.inputClass],style:e.inputStyle,checked:a.checked,tabindex:e.tabindex,disabled:e.disabled,readonly:e.readonly,"aria-checked":a.checked,"aria-labelledby":e.ariaLabelledby,"aria-label":e.ariaLabel,"aria-invalid":e.invalid||void 0,onFocus:t[0]||=function(){return a.onFocus&&a.onFocus.apply(a,arguments)},onBlur:t[1]||=function(){return a.onBlur&&a.onBlur.apply(a,arguments)},onChange:t[2]||=function(){return a.onChange&&a.onChange.apply(a,arguments)}},a.getPTOptions(`input`)),null,16,Q),P(`div`,T({class:e.cx(`slider`)},a.getPTOptions(`slider`),{"data-p":a.dataP}),[P(`div`,T({class:e.cx(`handle`)},a.getPTOptions(`handle`),{"data-p":a.dataP}),[S(e.$slots,`handle`,{checked:a.checked})],16,ie)],16,$)],16,Z)}X.render=ae;var oe={class:`flex items-start gap-2.5`},se=864e5,ce=O({__name:`StoreDialog`,props:A({store:{}},{modelValue:{type:Boolean,required:!0},modelModifiers:{}}),emits:A([`saved`],[`update:modelValue`]),setup(e,{emit:t}){let n=e,r=t,a=E(e,`modelValue`),s=u(),c=j({name:``,location:``,delayMs:null,external:!1}),d=L(``),p=o(se),{busy:m,errors:h,message:g,reset:v,save:y}=J(a,[`name`,`location`,`confirmation_delay_ms`,`fulfilment`],()=>{d.value=``;let e=n.store;Object.assign(c,{name:e?.name??``,location:e?.location??``,delayMs:e?.confirmation_delay_ms??s.status?.settings?.store_delay_ms??15e3,external:e?.fulfilment===`external`})});async function S(){let e=c.name.trim(),t=c.location.trim();v(),e||(h.value.name=`Enter a name.`),t||(h.value.location=`Enter a location.`);let{delayMs:i}=c;if(i===null&&(h.value.confirmation_delay_ms=d.value?`${d.value}.`:`Enter a delay.`),!e||!t||i===null)return;let a={name:e,location:t,confirmation_delay_ms:i,fulfilment:c.external?`external`:`internal`},o=n.store;await y(()=>o?f.editStore(o,a):f.createStore(a),o?`Store saved`:`Store opened`,e)&&r(`saved`)}return(t,n)=>{let r=l,o=b,s=q,u=_,f=i;return M(),w(f,{visible:a.value,"onUpdate:visible":n[6]||=e=>a.value=e,modal:``,header:e.store?`Edit store`:`New store`,class:`w-[min(32rem,calc(100vw-2rem))]`},{footer:D(()=>[z(u,{label:`Cancel`,severity:`secondary`,outlined:``,onClick:n[5]||=e=>a.value=!1}),z(u,{type:`submit`,form:`store-form`,label:`Save`,loading:B(m)},null,8,[`loading`])]),default:D(()=>[P(`form`,{id:`store-form`,class:`flex flex-col gap-4`,novalidate:``,onSubmit:U(S,[`prevent`])},[z(r,{text:B(g)},null,8,[`text`]),z(o,{id:`store-name`,modelValue:c.name,"onUpdate:modelValue":n[0]||=e=>c.name=e,label:`Name`,error:B(h).name,autofocus:``},null,8,[`modelValue`,`error`]),z(o,{id:`store-location`,modelValue:c.location,"onUpdate:modelValue":n[1]||=e=>c.location=e,label:`Location`,error:B(h).location},null,8,[`modelValue`,`error`]),z(s,{id:`store-delay`,modelValue:c.delayMs,"onUpdate:modelValue":n[2]||=e=>c.delayMs=e,doubt:d.value,"onUpdate:doubt":n[3]||=e=>d.value=e,label:`Confirmation delay, seconds`,kind:B(p),error:B(h).confirmation_delay_ms,hint:`How long after submit this store confirms its part of an order.`},null,8,[`modelValue`,`doubt`,`kind`,`error`]),P(`label`,oe,[I(P(`input`,{"onUpdate:modelValue":n[4]||=e=>c.external=e,type:`checkbox`,class:`check mt-0.5`},null,512),[[R,c.external]]),n[7]||=P(`span`,null,[x(` Answered from outside `),P(`span`,{class:`block text-sm text-muted-color`},` Confirmation requests go out as events; an outside service answers, or the order times out. `)],-1)])],32)]),_:1},8,[`visible`,`header`])}}}),le={class:`panel`,"aria-label":`Stores`,"data-tour":`participation`},ue={class:`flex flex-wrap gap-3 mb-4`},de=[`title`],fe=[`data-tone`],pe={class:`inline-flex gap-1`},me=[`aria-label`,`onClick`],he=[`aria-label`,`onClick`],ge=O({__name:`StoresView`,setup(i){let o=d(),l=te(),u=c(),{filters:m,isFiltered:g,clear:y,list:b,sort:S,page:E,found:O,table:A,pager:j}=t({filters:{q:``,participating:``,sort:`name`},load:(e,{q:t,participating:n})=>f.stores({...e,q:t.trim()||void 0,participating:n?n===`yes`:void 0}),columns:[{key:`name`,label:`Store`,sortable:!0,title:!0,value:e=>e.name},{key:`location`,label:`Location`,sortable:!0,value:e=>e.location},{key:`products`,label:`Products`,sortable:!0,align:`right`,value:e=>e.product_count},{key:`delay`,label:`Confirms after`,sortable:!0,align:`right`,value:e=>e.confirmation_delay_ms},{key:`participating`,label:`Participating`,sortable:!0,value:e=>Number(e.participating)},{key:`id`,label:`Id`},{key:`actions`,label:`Actions`,align:`right`}],size:20});s(e=>e.type.startsWith(`plaza.store.`),b.reload);let I=H(()=>b.items.value.filter(e=>e.participating).length),R=H(()=>b.loading.value?`Loading stores…`:b.error.value&&!b.items.value.length?``:`${h(b.items.value.length,`store`)}, ${p(I.value)} in Shopping`),U=L(),q=L(!1);function J(e){U.value=e,q.value=!0}let Y=L(new Set);async function Z(e,t){Y.value.add(e.id);try{await f.setParticipation(e.id,t),await b.reload(),o.ok(t?`Now in Shopping`:`No longer in Shopping`,e.name)}catch(n){o.problem(n,()=>void Z(e,t))}finally{Y.value.delete(e.id)}}function Q(e){let t=`Archive ${e.name} and its ${h(e.product_count,`product`)}? Orders that still wait on it are rejected with STORE_CLOSED.`;l({header:`Archive store`,message:t,accept:`Archive`,severity:`danger`},async()=>{await f.archiveStore(e.id),o.ok(`Store archived`,e.name),await b.reload()})}let $=()=>re(`stores.csv`,ne(O.value,[`id`,`name`,`location`,`participating`,`confirmation_delay_ms`,`fulfilment`,`product_count`,`created_at`]));return(t,i)=>{let o=_,s=K,c=W,l=G,d=ee(`RouterLink`),f=X,p=r,h=a,I=n,L=e;return M(),k(N,null,[z(s,{title:`Plaza Admin`,subtitle:R.value},{default:D(()=>[z(o,{label:`Export CSV`,icon:`pi pi-download`,severity:`secondary`,outlined:``,disabled:!B(O).length,onClick:$},null,8,[`disabled`]),B(u).mayChange?(M(),w(o,{key:0,label:`New store`,icon:`pi pi-plus`,"data-testid":`new-store`,"data-tour":`new-store`,onClick:i[0]||=e=>J()})):C(``,!0)]),_:1},8,[`subtitle`]),P(`section`,le,[P(`div`,ue,[z(c,{modelValue:B(m).q,"onUpdate:modelValue":i[1]||=e=>B(m).q=e,label:`Search stores`,placeholder:`Name or location`},null,8,[`modelValue`]),z(l,{modelValue:B(m).participating,"onUpdate:modelValue":i[2]||=e=>B(m).participating=e,label:`Participation`,options:[{value:``,label:`All stores`},{value:`yes`,label:`In Shopping`},{value:`no`,label:`Not in Shopping`}]},null,8,[`modelValue`])]),z(I,T(B(A),{sort:B(S),"onUpdate:sort":i[4]||=e=>F(S)?S.value=e:null,label:`Stores`,"row-key":e=>e.id,"row-label":e=>e.name,onRetry:i[5]||=e=>B(b).reload()}),{"cell-name":D(({row:e})=>[z(d,{to:`/admin/stores/${e.id}/products`,class:`text-link font-medium`},{default:D(()=>[x(V(e.name),1)]),_:2},1032,[`to`])]),"cell-delay":D(({row:e})=>[P(`span`,{title:e.fulfilment===`external`?`Answered by an outside service`:void 0},[x(V(B(v)(e.confirmation_delay_ms)),1),e.fulfilment===`external`?(M(),k(N,{key:0},[x(` · external`)],64)):C(``,!0)],8,de)]),"cell-participating":D(({row:e})=>[B(u).mayChange?(M(),w(f,{key:1,"model-value":e.participating,disabled:Y.value.has(e.id),"aria-label":`${e.name} participates`,"onUpdate:modelValue":t=>Z(e,t)},null,8,[`model-value`,`disabled`,`aria-label`,`onUpdate:modelValue`])):(M(),k(`span`,{key:0,class:`status-tag`,"data-tone":e.participating?`good`:`quiet`},V(e.participating?`in Shopping`:`not in Shopping`),9,fe))]),"cell-id":D(({row:e})=>[z(p,{id:e.id,label:`store id`},null,8,[`id`])]),"cell-actions":D(({row:e})=>[P(`span`,pe,[z(o,{as:`router-link`,to:`/admin/stores/${e.id}/products`,label:`Products`,icon:`pi pi-tags`,size:`small`,severity:`secondary`,outlined:``,"aria-label":`Products of ${e.name}`},null,8,[`to`,`aria-label`]),B(u).mayChange?(M(),k(`button`,{key:0,type:`button`,class:`icon-button`,"aria-label":`Edit ${e.name}`,title:`Edit`,onClick:t=>J(e)},[...i[9]||=[P(`i`,{class:`pi pi-pencil`,"aria-hidden":`true`},null,-1)]],8,me)):C(``,!0),B(u).mayChange?(M(),k(`button`,{key:1,type:`button`,class:`icon-button`,"aria-label":`Archive ${e.name}`,title:`Archive`,onClick:t=>Q(e)},[...i[10]||=[P(`i`,{class:`pi pi-inbox`,"aria-hidden":`true`},null,-1)]],8,he)):C(``,!0)])]),empty:D(()=>[B(g)()?(M(),w(h,{key:0,icon:`pi-search`,title:`No store matches`,text:`Try another search.`},{default:D(()=>[z(o,{label:`Clear the search`,severity:`secondary`,onClick:B(y)},null,8,[`onClick`])]),_:1})):(M(),w(h,{key:1,icon:`pi-building`,title:`No stores yet`,text:B(u).mayChange?`Open the first one here, or load the demo mall on the dashboard.`:`An administrator opens them.`},{default:D(()=>[B(u).mayChange?(M(),k(N,{key:0},[z(o,{label:`New store`,icon:`pi pi-plus`,onClick:i[3]||=e=>J()}),z(o,{as:`router-link`,to:`/`,label:`Dashboard`,severity:`secondary`,outlined:``})],64)):C(``,!0)]),_:1},8,[`text`]))]),_:1},16,[`sort`,`row-key`,`row-label`]),z(L,T(B(j),{modelValue:B(E),"onUpdate:modelValue":i[6]||=e=>F(E)?E.value=e:null}),null,16,[`modelValue`])]),z(ce,{modelValue:q.value,"onUpdate:modelValue":i[7]||=e=>q.value=e,store:U.value,onSaved:i[8]||=e=>B(b).reload()},null,8,[`modelValue`,`store`])],64)}}});export{ge as default};