import{n as e,t}from"./useAllPages-BcJh6aFq.js";import{t as n}from"./DataList-Cnoc9Gyv.js";import{E as r,O as i,T as a,a as o,b as s,c,d as l,i as u,k as d,s as f,u as p,w as m}from"./index-BPs8jj2n.js";import{C as h,I as g,Ot as _,V as v,lt as y,rt as b,z as x}from"./live-Df11uYdS.js";import{r as S,t as C}from"./inputtext-BlPzIoOQ.js";import{B as w,E as T,F as E,I as ee,N as D,O,S as k,T as A,U as j,V as M,W as N,Y as P,Z as F,b as I,g as L,h as R,k as z,q as B,tt as V,u as H,v as U,w as W,x as G,y as K}from"./vue-ke8U_SYd.js";import{n as te,r as ne,t as re}from"./useQueryFilters-Cur3z2b5.js";import{t as ie}from"./PageHeader-Dsugp9PG.js";import{n as q,t as J}from"./csv-BXhwrePr.js";import{n as ae,r as oe,t as se}from"./table-BFbYlrH_.js";import{t as Y}from"./NumberField-rgTsWz5d.js";var X=y.extend({name:`toggleswitch`,style:`
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
`,classes:{root:function(e){var t=e.instance,n=e.props;return[`p-toggleswitch p-component`,{"p-toggleswitch-checked":t.checked,"p-disabled":n.disabled,"p-invalid":t.$invalid}]},input:`p-toggleswitch-input`,slider:`p-toggleswitch-slider`,handle:`p-toggleswitch-handle`},inlineStyles:{root:{position:`relative`}}}),Z={name:`ToggleSwitch`,extends:{name:`BaseToggleSwitch`,extends:S,props:{trueValue:{type:null,default:!0},falseValue:{type:null,default:!1},readonly:{type:Boolean,default:!1},tabindex:{type:Number,default:null},inputId:{type:String,default:null},inputClass:{type:[String,Object],default:null},inputStyle:{type:Object,default:null},ariaLabelledby:{type:String,default:null},ariaLabel:{type:String,default:null}},style:X,provide:function(){return{$pcToggleSwitch:this,$parentInstance:this}}},inheritAttrs:!1,emits:[`change`,`focus`,`blur`],methods:{getPTOptions:function(e){return(e===`root`?this.ptmi:this.ptm)(e,{context:{checked:this.checked,disabled:this.disabled}})},onChange:function(e){if(!this.disabled&&!this.readonly){var t=this.checked?this.falseValue:this.trueValue;this.writeValue(t,e),this.$emit(`change`,e)}},onFocus:function(e){this.$emit(`focus`,e)},onBlur:function(e){var t,n;this.$emit(`blur`,e),(t=(n=this.formField).onBlur)==null||t.call(n,e)}},computed:{checked:function(){return this.d_value===this.trueValue},dataP:function(){return _({checked:this.checked,disabled:this.disabled,invalid:this.$invalid})}}},ce=[`data-p-checked`,`data-p-disabled`,`data-p`],le=[`id`,`checked`,`tabindex`,`disabled`,`readonly`,`aria-checked`,`aria-labelledby`,`aria-label`,`aria-invalid`],ue=[`data-p`],de=[`data-p`];function fe(e,t,n,r,i,a){return D(),k(`div`,z({class:e.cx(`root`),style:e.sx(`root`)},a.getPTOptions(`root`),{"data-p-checked":a.checked,"data-p-disabled":e.disabled,"data-p":a.dataP}),[K(`input`,z({id:e.inputId,type:`checkbox`,role:`switch`,class:[e.cx(`input`),e.inputClass],style:e.inputStyle,checked:a.checked,tabindex:e.tabindex,disabled:e.disabled,readonly:e.readonly,"aria-checked":a.checked,"aria-labelledby":e.ariaLabelledby,"aria-label":e.ariaLabel,"aria-invalid":e.invalid||void 0,onFocus:t[0]||=function(){return a.onFocus&&a.onFocus.apply(a,arguments)},onBlur:t[1]||=function(){return a.onBlur&&a.onBlur.apply(a,arguments)},onChange:t[2]||=function(){return a.onChange&&a.onChange.apply(a,arguments)}},a.getPTOptions(`input`)),null,16,le),K(`div`,z({class:e.cx(`slider`)},a.getPTOptions(`slider`),{"data-p":a.dataP}),[K(`div`,z({class:e.cx(`handle`)},a.getPTOptions(`handle`),{"data-p":a.dataP}),[E(e.$slots,`handle`,{checked:a.checked})],16,de)],16,ue)],16,ce)}Z.render=fe;var pe={class:`flex items-start gap-2.5`},me=864e5,he=T({__name:`StoreDialog`,props:O({store:{}},{modelValue:{type:Boolean,required:!0},modelModifiers:{}}),emits:O([`saved`],[`update:modelValue`]),setup(e,{emit:t}){let n=e,r=t,a=w(e,`modelValue`),l=m(),u=p(),{busy:d,errors:g,message:_,reset:v,submit:y}=o([`name`,`location`,`confirmation_delay_ms`,`fulfilment`]),x=B({name:``,location:``,delayMs:null,external:!1}),S=P(``),T=s(me);M(a,e=>{if(!e)return;v(),S.value=``;let t=n.store;Object.assign(x,{name:t?.name??``,location:t?.location??``,delayMs:t?.confirmation_delay_ms??u.status?.settings?.store_delay_ms??15e3,external:t?.fulfilment===`external`})});async function E(){let e=x.name.trim(),t=x.location.trim();v(),e||(g.value.name=`Enter a name.`),t||(g.value.location=`Enter a location.`);let{delayMs:i}=x;if(i===null&&(g.value.confirmation_delay_ms=S.value?`${S.value}.`:`Enter a delay.`),!e||!t||i===null)return;let o={name:e,location:t,confirmation_delay_ms:i,fulfilment:x.external?`external`:`internal`};await y(()=>n.store?h.editStore(n.store,o):h.createStore(o))&&(a.value=!1,l.ok(n.store?`Store saved`:`Store opened`,e),r(`saved`))}return(t,n)=>{let r=f,o=C,s=c,l=Y,u=b,p=i;return D(),I(p,{visible:a.value,"onUpdate:visible":n[6]||=e=>a.value=e,modal:``,header:e.store?`Edit store`:`New store`,class:`w-[min(32rem,calc(100vw-2rem))]`},{footer:j(()=>[A(u,{label:`Cancel`,severity:`secondary`,outlined:``,onClick:n[5]||=e=>a.value=!1}),A(u,{type:`submit`,form:`store-form`,label:`Save`,loading:F(d)},null,8,[`loading`])]),default:j(()=>[K(`form`,{id:`store-form`,class:`flex flex-col gap-4`,novalidate:``,onSubmit:R(E,[`prevent`])},[A(r,{text:F(_)},null,8,[`text`]),A(s,{id:`store-name`,label:`Name`,error:F(g).name},{default:j(({described:e})=>[A(o,{id:`store-name`,modelValue:x.name,"onUpdate:modelValue":n[0]||=e=>x.name=e,invalid:!!F(g).name,"aria-describedby":e,autofocus:``,fluid:``},null,8,[`modelValue`,`invalid`,`aria-describedby`])]),_:1},8,[`error`]),A(s,{id:`store-location`,label:`Location`,error:F(g).location},{default:j(({described:e})=>[A(o,{id:`store-location`,modelValue:x.location,"onUpdate:modelValue":n[1]||=e=>x.location=e,invalid:!!F(g).location,"aria-describedby":e,fluid:``},null,8,[`modelValue`,`invalid`,`aria-describedby`])]),_:1},8,[`error`]),A(l,{id:`store-delay`,modelValue:x.delayMs,"onUpdate:modelValue":n[2]||=e=>x.delayMs=e,doubt:S.value,"onUpdate:doubt":n[3]||=e=>S.value=e,label:`Confirmation delay, seconds`,kind:F(T),error:F(g).confirmation_delay_ms,hint:`How long after submit this store confirms its part of an order.`},null,8,[`modelValue`,`doubt`,`kind`,`error`]),K(`label`,pe,[N(K(`input`,{"onUpdate:modelValue":n[4]||=e=>x.external=e,type:`checkbox`,class:`check mt-0.5`},null,512),[[H,x.external]]),n[7]||=K(`span`,null,[W(` Answered from outside `),K(`span`,{class:`block text-sm text-muted-color`},` Confirmation requests go out as events; an outside service answers, or the order times out. `)],-1)])],32)]),_:1},8,[`visible`,`header`])}}}),ge={class:`panel`,"aria-label":`Stores`,"data-tour":`participation`},_e={class:`flex flex-wrap gap-3 mb-4`},ve=[`title`],Q=[`data-tone`],ye={class:`inline-flex gap-1`},be=[`aria-label`,`onClick`],xe=[`aria-label`,`onClick`],$=20,Se=T({__name:`StoresView`,setup(i){let o=m(),s=d(),c=u(),{filters:f,isFiltered:p,clear:_}=re({q:``,participating:``,sort:`name`},()=>{w.value=1,y.reload()}),y=t(e=>h.stores({...e,q:f.q.trim()||void 0,participating:f.participating?f.participating===`yes`:void 0}));y.reload(),l(e=>e.type.startsWith(`plaza.store.`),y.reload);let S=[{key:`name`,label:`Store`,sortable:!0,title:!0,value:e=>e.name},{key:`location`,label:`Location`,sortable:!0,value:e=>e.location},{key:`products`,label:`Products`,sortable:!0,align:`right`,value:e=>e.product_count},{key:`delay`,label:`Confirms after`,sortable:!0,align:`right`,value:e=>e.confirmation_delay_ms},{key:`participating`,label:`Participating`,sortable:!0,value:e=>Number(e.participating)},{key:`id`,label:`Id`},{key:`actions`,label:`Actions`,align:`right`}],C=U({get:()=>se(f.sort),set:e=>f.sort=oe(e)}),w=P(1),T=U(()=>ae(y.items.value,S,C.value)),E=U(()=>T.value.slice((w.value-1)*$,w.value*$)),O=U(()=>y.items.value.filter(e=>e.participating).length),M=U(()=>y.loading.value?`Loading stores…`:y.error.value&&!y.items.value.length?``:`${v(y.items.value.length,`store`)}, ${g(O.value)} in Shopping`),N=P(),R=P(!1);function z(e){N.value=e,R.value=!0}let B=P(new Set);async function H(e,t){B.value.add(e.id);try{await h.setParticipation(e.id,t),await y.reload(),o.ok(t?`Now in Shopping`:`No longer in Shopping`,e.name)}catch(n){o.problem(n,()=>void H(e,t))}finally{B.value.delete(e.id)}}function Y(e){let t=async()=>{try{await h.archiveStore(e.id),o.ok(`Store archived`,e.name),await y.reload()}catch(e){o.problem(e,()=>void t())}};s.require({header:`Archive store`,message:`Archive ${e.name} and its ${v(e.product_count,`product`)}? Orders that still wait on it are rejected with STORE_CLOSED.`,icon:`pi pi-exclamation-triangle`,acceptProps:{label:`Archive`,severity:`danger`},rejectProps:{label:`Keep`,severity:`secondary`,outlined:!0},accept:()=>void t()})}let X=()=>J(`stores.csv`,q(T.value,[`id`,`name`,`location`,`participating`,`confirmation_delay_ms`,`fulfilment`,`product_count`,`created_at`]));return(t,i)=>{let o=b,s=ie,l=te,u=ne,d=ee(`RouterLink`),m=Z,h=r,g=a,v=n,O=e;return D(),k(L,null,[A(s,{title:`Plaza Admin`,subtitle:M.value},{default:j(()=>[A(o,{label:`Export CSV`,icon:`pi pi-download`,severity:`secondary`,outlined:``,disabled:!T.value.length,onClick:X},null,8,[`disabled`]),F(c).mayChange?(D(),I(o,{key:0,label:`New store`,icon:`pi pi-plus`,"data-testid":`new-store`,"data-tour":`new-store`,onClick:i[0]||=e=>z()})):G(``,!0)]),_:1},8,[`subtitle`]),K(`section`,ge,[K(`div`,_e,[A(l,{modelValue:F(f).q,"onUpdate:modelValue":i[1]||=e=>F(f).q=e,label:`Search stores`,placeholder:`Name or location`},null,8,[`modelValue`]),A(u,{modelValue:F(f).participating,"onUpdate:modelValue":i[2]||=e=>F(f).participating=e,label:`Participation`,options:[{value:``,label:`All stores`},{value:`yes`,label:`In Shopping`},{value:`no`,label:`Not in Shopping`}]},null,8,[`modelValue`])]),A(v,{sort:C.value,"onUpdate:sort":i[4]||=e=>C.value=e,label:`Stores`,columns:S,rows:E.value,"row-key":e=>e.id,"row-label":e=>e.name,loading:F(y).loading.value,busy:F(y).busy.value,error:F(y).error.value,onRetry:i[5]||=e=>F(y).reload()},{"cell-name":j(({row:e})=>[A(d,{to:`/admin/stores/${e.id}/products`,class:`text-link font-medium`},{default:j(()=>[W(V(e.name),1)]),_:2},1032,[`to`])]),"cell-delay":j(({row:e})=>[K(`span`,{title:e.fulfilment===`external`?`Answered by an outside service`:void 0},[W(V(F(x)(e.confirmation_delay_ms)),1),e.fulfilment===`external`?(D(),k(L,{key:0},[W(` · external`)],64)):G(``,!0)],8,ve)]),"cell-participating":j(({row:e})=>[F(c).mayChange?(D(),I(m,{key:1,"model-value":e.participating,disabled:B.value.has(e.id),"aria-label":`${e.name} participates`,"onUpdate:modelValue":t=>H(e,t)},null,8,[`model-value`,`disabled`,`aria-label`,`onUpdate:modelValue`])):(D(),k(`span`,{key:0,class:`status-tag`,"data-tone":e.participating?`good`:`quiet`},V(e.participating?`in Shopping`:`not in Shopping`),9,Q))]),"cell-id":j(({row:e})=>[A(h,{id:e.id,label:`store id`},null,8,[`id`])]),"cell-actions":j(({row:e})=>[K(`span`,ye,[A(o,{as:`router-link`,to:`/admin/stores/${e.id}/products`,label:`Products`,icon:`pi pi-tags`,size:`small`,severity:`secondary`,outlined:``,"aria-label":`Products of ${e.name}`},null,8,[`to`,`aria-label`]),F(c).mayChange?(D(),k(`button`,{key:0,type:`button`,class:`icon-button`,"aria-label":`Edit ${e.name}`,title:`Edit`,onClick:t=>z(e)},[...i[9]||=[K(`i`,{class:`pi pi-pencil`,"aria-hidden":`true`},null,-1)]],8,be)):G(``,!0),F(c).mayChange?(D(),k(`button`,{key:1,type:`button`,class:`icon-button`,"aria-label":`Archive ${e.name}`,title:`Archive`,onClick:t=>Y(e)},[...i[10]||=[K(`i`,{class:`pi pi-inbox`,"aria-hidden":`true`},null,-1)]],8,xe)):G(``,!0)])]),empty:j(()=>[F(p)()?(D(),I(g,{key:0,icon:`pi-search`,title:`No store matches`,text:`Try another search.`},{default:j(()=>[A(o,{label:`Clear the search`,severity:`secondary`,onClick:F(_)},null,8,[`onClick`])]),_:1})):(D(),I(g,{key:1,icon:`pi-building`,title:`No stores yet`,text:F(c).mayChange?`Open the first one here, or load the demo mall on the dashboard.`:`An administrator opens them.`},{default:j(()=>[F(c).mayChange?(D(),k(L,{key:0},[A(o,{label:`New store`,icon:`pi pi-plus`,onClick:i[3]||=e=>z()}),A(o,{as:`router-link`,to:`/`,label:`Dashboard`,severity:`secondary`,outlined:``})],64)):G(``,!0)]),_:1},8,[`text`]))]),_:1},8,[`sort`,`rows`,`row-key`,`row-label`,`loading`,`busy`,`error`]),A(O,{modelValue:w.value,"onUpdate:modelValue":i[6]||=e=>w.value=e,total:T.value.length,size:$,truncated:F(y).truncated.value},null,8,[`modelValue`,`total`,`truncated`])]),A(he,{modelValue:R.value,"onUpdate:modelValue":i[7]||=e=>R.value=e,store:N.value,onSaved:i[8]||=e=>F(y).reload()},null,8,[`modelValue`,`store`])],64)}}});export{Se as default};